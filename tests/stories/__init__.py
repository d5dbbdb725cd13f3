"""What people do with the programs, told so that films can be made of it."""
