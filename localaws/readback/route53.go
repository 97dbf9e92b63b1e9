package readback

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
)

func readZone(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.route53.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	vpcs := []any{}
	for _, v := range found.VPCs {
		vpcs = append(vpcs, map[string]any{"VPCId": aws.ToString(v.VPCId), "VPCRegion": string(v.VPCRegion)})
	}
	return observed{Properties: map[string]any{"Name": withoutDot(found.HostedZone.Name), "VPCs": vpcs}}, nil
}

func readRecord(ctx context.Context, c clients, t target) (observed, error) {
	zone := t.text("HostedZoneId")
	found, err := c.route53.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	if err != nil {
		return observed{}, err
	}
	for _, r := range found.ResourceRecordSets {
		if withoutDot(r.Name) != t.text("Name") || string(r.Type) != t.text("Type") {
			continue
		}
		records := []any{}
		for _, v := range r.ResourceRecords {
			records = append(records, aws.ToString(v.Value))
		}
		return observed{Properties: map[string]any{
			"HostedZoneId": zone, "Name": withoutDot(r.Name), "Type": string(r.Type), "TTL": value(r.TTL), "ResourceRecords": records,
		}}, nil
	}
	return observed{}, errNotFound
}

// withoutDot is a name as a template has it: Route 53 ends each with the dot of the root.
func withoutDot(name *string) string { return strings.TrimSuffix(aws.ToString(name), ".") }
