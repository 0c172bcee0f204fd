"""The office's side: who works there, what each may do, how they come in, what waits for them."""
