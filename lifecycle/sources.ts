const GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide";

/** Where AWS says what a lifecycle policy may be. */
export const POLICIES = `${GUIDE}/LifecyclePolicies.html`;
export const PARAMETERS = `${GUIDE}/lifecycle_policy_parameters.html`;
export const QUOTAS = `${GUIDE}/service-quotas.html`;
export const PUT_POLICY = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html";
/** AWS's answer to such a policy; no page of AWS's says it. */
export const TARGET_OF_EXPIRY = "https://github.com/cloudposse/terraform-aws-ecr/issues/158";
