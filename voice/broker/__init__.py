"""Work on other machines over RabbitMQ: the connection, the words of both sides, and the files that a job needs."""
