"""The services of usage: the only files of this room that reach AWS and the stores."""
