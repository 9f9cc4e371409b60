"""How dates are written where Django writes them itself; `tracker.wording` says the same for all the rest."""
