-- Until 13 nothing tells what a session runs but its text.
null
