"""Who speaks: voices behind one small protocol."""
