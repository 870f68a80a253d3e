//! Gerbang: the scanner at a public building's door. The rooms, in reading order.
