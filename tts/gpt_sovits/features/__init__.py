"""What the two GPT-SoVITS models take, made from clips and texts: spectrograms and the features of three networks."""
