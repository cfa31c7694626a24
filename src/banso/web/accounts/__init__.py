"""Users, teams, sign-in and settings."""
