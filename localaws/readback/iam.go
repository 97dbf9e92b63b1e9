package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func iamTag(t types.Tag) (*string, *string) { return t.Key, t.Value }

func readRole(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	inline, err := inlinePolicies(ctx, c, t)
	if err != nil {
		return observed{}, err
	}
	attached, err := c.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	managed := []any{}
	for _, p := range attached.AttachedPolicies {
		managed = append(managed, aws.ToString(p.PolicyArn))
	}
	is := found.Role
	properties := map[string]any{
		"RoleName": value(is.RoleName), "Path": value(is.Path), "Description": value(is.Description),
		"MaxSessionDuration":       value(is.MaxSessionDuration),
		"AssumeRolePolicyDocument": unescaped(is.AssumeRolePolicyDocument),
		"Policies":                 inline, "ManagedPolicyArns": managed, "Tags": tagList(is.Tags, iamTag),
	}
	if is.PermissionsBoundary != nil {
		properties["PermissionsBoundary"] = value(is.PermissionsBoundary.PermissionsBoundaryArn)
	}
	return observed{properties, map[string]any{"Arn": aws.ToString(is.Arn), "RoleId": aws.ToString(is.RoleId)}}, nil
}

// inlinePolicies are the policies that the role's own property sets. Those that an AWS::IAM::Policy adds are not its.
func inlinePolicies(ctx context.Context, c clients, t target) ([]any, error) {
	list := []any{}
	wanted, _ := t.Want["Policies"].([]any)
	for _, p := range wanted {
		name := text(object(p)["PolicyName"])
		got, err := c.iam.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &t.PhysicalID, PolicyName: &name})
		if missing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, map[string]any{"PolicyName": name, "PolicyDocument": parsed(unescaped(got.PolicyDocument))})
	}
	return list, nil
}

// readInlinePolicy asks each role that the template names for the policy. A role without it is missing from Roles.
func readInlinePolicy(ctx context.Context, c clients, t target) (observed, error) {
	var document any
	roles, name := []any{}, t.text("PolicyName")
	named, _ := t.Want["Roles"].([]any)
	for _, role := range named {
		got, err := c.iam.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(text(role)), PolicyName: &name})
		if missing(err) {
			continue
		}
		if err != nil {
			return observed{}, err
		}
		roles, document = append(roles, role), unescaped(got.PolicyDocument)
	}
	if len(roles) == 0 {
		return observed{}, errNotFound
	}
	return observed{Properties: map[string]any{"PolicyName": name, "PolicyDocument": document, "Roles": roles}}, nil
}

func readManagedPolicy(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	is := found.Policy
	version, err := c.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &t.PhysicalID, VersionId: is.DefaultVersionId})
	if err != nil {
		return observed{}, err
	}
	entities, err := c.iam.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	roles := []any{}
	for _, r := range entities.PolicyRoles {
		roles = append(roles, aws.ToString(r.RoleName))
	}
	return observed{
		Properties: map[string]any{
			"ManagedPolicyName": value(is.PolicyName), "Path": value(is.Path), "Description": value(is.Description),
			"PolicyDocument": unescaped(version.PolicyVersion.Document), "Roles": roles,
		},
		Attributes: map[string]any{"PolicyArn": t.PhysicalID, "PolicyId": aws.ToString(is.PolicyId)},
	}, nil
}
