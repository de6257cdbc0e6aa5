"""Programs that run other engines in those engines' own environments. They use the standard library and the rival."""
