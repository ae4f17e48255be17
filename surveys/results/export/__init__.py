"""What may be published of a sealed survey as plain tables, and these as CSV, JSON and Parquet.

`specs.py` says which tables and columns there are, with their types and units; `tables.py` fills them from the report;
`formats.py` writes them. The API serves the same tables, and its description is made from the same specs.
"""
