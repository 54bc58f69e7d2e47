"""One reader per format: bytes in, typed statements out. No database here."""
