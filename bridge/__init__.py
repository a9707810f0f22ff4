"""From S3 events on SQS to one workflow per uploaded object."""
