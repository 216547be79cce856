"""The outside world: each client has timeouts, retries and a degraded mode."""
