"""The cloud for machines without an AWS account: a child process that speaks AWS on loopback.

`service.start_emulator` is the way in. This file stays empty: the child process imports the
package too, and must not pay for boto3.
"""
