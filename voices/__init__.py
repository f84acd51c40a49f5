"""The Django app: voices, recordings, jobs and their results, over REST and on the site."""
