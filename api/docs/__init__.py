"""The API's description for people: one page without anything from elsewhere."""
