### Texts of the pages, in English. Same keys and values as in the other language; a test compares them.
