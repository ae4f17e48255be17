"""The colours of scales on paper: those of static/css/staff.css on a white ground (a test compares them)."""

SCALE_COLOURS = {
    "deep-red": "#8E1F2F",
    "red": "#C4473A",
    "orange": "#C26A1C",
    "yellow": "#A08116",
    "lime": "#6F8F2B",
    "green": "#2F8A5B",
    "deep-green": "#14614D",
}
