"""Making weights of one's own voice, in the form that GPT-SoVITS has given them."""
