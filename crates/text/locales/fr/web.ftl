### Texts of the pages, in French. Same keys and values as in the other language; a test compares them.
