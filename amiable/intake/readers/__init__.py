"""One reader per format: bytes in, a table of text out. No database here."""
