"""One reader per format: bytes in, a table of text (lists) or typed statements (banks) out. No database
here.
"""
