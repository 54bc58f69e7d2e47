"""The solidarity fund for housing: departments' rules as data, and what they say of an account."""
