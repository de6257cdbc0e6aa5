"""What benchmarks.training_speed is made of."""
