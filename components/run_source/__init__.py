"""The runs that a view draws: folder and dropped files, the selected run, its mapping and its line style."""
