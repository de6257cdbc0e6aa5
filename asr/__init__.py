"""Who hears: speech recognisers behind one small protocol."""
