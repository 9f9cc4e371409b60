"""Word documents in the official layout, and what is written in them."""
