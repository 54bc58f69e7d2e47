"""Double entry, pure: dated charts of accounts, the lines entries make, seals, the legal export."""
