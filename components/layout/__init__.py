"""What every view is built of: shell, cards, controls, ids, colours and the state in the URL."""
