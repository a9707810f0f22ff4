"""Who may come in: device enrolment, sign-in, public keys."""
