"""Run it: command line, embedded servers, demo, benchmarks."""
