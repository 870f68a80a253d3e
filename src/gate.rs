//! The whole decision on one screen: a payload to a `Decision`.
