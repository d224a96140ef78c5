"""What measures the server from outside: a running server, a load on it, its memory."""
