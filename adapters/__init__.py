"""How answers reach people, disks and screens: all I/O, no policy."""
