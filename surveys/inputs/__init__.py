"""Reading what people hand in: text, tables, plain data. Every fault is named with its place."""
