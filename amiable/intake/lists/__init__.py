"""The lists an office receives: their columns, their checks, one module per list."""
