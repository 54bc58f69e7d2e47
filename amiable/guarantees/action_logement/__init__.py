"""Rent guarantees of Action Logement: the contracts of an account, when to call them, what they paid."""
