"""The semantic model: from phones to 25 tokens a second, one after another."""
