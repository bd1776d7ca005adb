-- Run in Athena, once.
CREATE DATABASE IF NOT EXISTS media_logs;
