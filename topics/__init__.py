"""Understanding: the query language, its folding and its matcher."""
