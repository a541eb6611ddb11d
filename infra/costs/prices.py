"""List prices of us-east-1, on demand, in dollars, without any free tier; as published until mid-2026.

Model services, data transfer to the internet and storage come on top: they depend on what is said.
"""

AS_OF = "mid-2026"
REGION = "us-east-1"

_MILLION = 1_000_000
HOURS_A_MONTH = 730

# https://aws.amazon.com/lambda/pricing/
FUNCTION_REQUEST = 0.20 / _MILLION
FUNCTION_GB_SECOND = 0.0000133334  # arm64
# https://aws.amazon.com/api-gateway/pricing/
REST_REQUEST = 3.50 / _MILLION
SOCKET_MESSAGE = 1.00 / _MILLION  # of up to 32 KB, in either direction
SOCKET_MINUTE = 0.25 / _MILLION
# https://aws.amazon.com/dynamodb/pricing/on-demand/
WRITE_UNIT = 0.625 / _MILLION
READ_UNIT = 0.125 / _MILLION
# https://aws.amazon.com/sqs/pricing/
FIFO_QUEUE_REQUEST = 0.50 / _MILLION
# https://aws.amazon.com/kms/pricing/
KEY_MONTH = 1.00
# https://aws.amazon.com/secrets-manager/pricing/
SECRET_MONTH = 0.40
# https://aws.amazon.com/cloudwatch/pricing/
LOG_GB = 0.50

# The smallest that is always on. https://aws.amazon.com/fargate/pricing/
FARGATE_VCPU_HOUR = 0.04048
FARGATE_GB_HOUR = 0.004445
# https://aws.amazon.com/elasticloadbalancing/pricing/
LOAD_BALANCER_HOUR = 0.0225
# https://aws.amazon.com/vpc/pricing/
PUBLIC_ADDRESS_HOUR = 0.005
# https://aws.amazon.com/rds/postgresql/pricing/
DATABASE_HOUR = 0.016  # db.t4g.micro, one zone
DATABASE_GB_MONTH = 0.115
