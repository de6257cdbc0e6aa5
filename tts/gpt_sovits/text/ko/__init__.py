"""Korean: pronunciation rules of our own wording, helped by the mecab-ko tagger where it is installed."""
