"""From files that may come from anybody to passages: readers, each in `Section`s, cut into `Piece`s, in a process of its own."""
