"""What is printed of a result and signed: the report as PDF and for Word, a page for each unit, files for general branches."""
