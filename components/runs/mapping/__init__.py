"""How a file is read: the card that shows and changes it."""
