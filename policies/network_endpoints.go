package policies

import (
	"livechat.example/cloud/policies/template"
)

var endpointPolicies = []Policy{
	endpointsAreTheDeclaredOnes, gatewayEndpointsAreOfTheirTiers, interfaceEndpointsAreInApp, endpointsAdmitWhatIsOurs,
	everyEndpointHasItsGroup,
}

const endpointType = "AWS::EC2::VPCEndpoint"

var endpointsAreTheDeclaredOnes = Policy{
	ID: "NET-32", Title: "Every VPC has exactly one endpoint for each service of AWS that is called from it, and none for any other service",
	Source:    risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: Network, STRIDE: "TID", Severity: High,
	Fix:   "write the service in constructs/endpoint, and with what it admits in endpointsOfVPC; an endpoint of somebody's service is a way out",
	Reads: []string{vpcType, endpointType},
	Check: func(e *template.Estate, f *Findings) {
		type place struct {
			vpc     *template.Resource
			service string
		}
		has := map[place]bool{}
		for p := range e.All(endpointType) {
			f.Saw(p)
			vpc, meant := vpcOf(e, p), endpointMeant(p)
			switch at := (place{vpc, meant.service}); {
			case vpc == nil || vpc.Stack.Region != p.Stack.Region:
				f.Fail(p, "lies in a VPC that cannot be known")
			case meant.service == "":
				f.Fail(p, "is of %s, which nothing here calls", cmpOr(p.Get("ServiceName").String(), "no service"))
			case has[at]:
				f.Fail(p, "is not the VPC's only endpoint of %s", meant.service)
			default:
				has[at] = true
			}
			checkKind(f, p, meant)
		}
		for vpc := range e.All(vpcType) {
			f.Saw(vpc)
			for _, meant := range endpointsOfVPC {
				if !has[place{vpc, meant.service}] {
					f.Fail(vpc, "has no endpoint of %s", meant.service)
				}
			}
		}
	},
}

// checkKind refuses an endpoint that is of another kind than its service's, or says what no policy looks at.
func checkKind(f *Findings, p *template.Resource, meant endpointOf) {
	known, kind := []string{"PolicyDocument", "ServiceName", "Tags", "VpcEndpointType", "VpcId"}, "Interface"
	if meant.routed != nil {
		known, kind = append(known, "RouteTableIds"), "Gateway"
	} else {
		known = append(known, "PrivateDnsEnabled", "SecurityGroupIds", "SubnetIds")
	}
	allowOnly(f, p, known...)
	if is := p.Get("VpcEndpointType"); meant.service != "" && !is.Is(kind) {
		f.Fail(p, "its kind is %s, not %s", cmpOr(is.String(), "unsaid"), kind)
	}
}

// endpointMeant is what an endpoint is by its service, in its own region; one without a service if nothing is meant to be.
func endpointMeant(p *template.Resource) endpointOf {
	for _, meant := range endpointsOfVPC {
		if p.Get("ServiceName").Is("com.amazonaws." + p.Stack.Region + "." + meant.service) {
			return meant
		}
	}
	return endpointOf{}
}

var gatewayEndpointsAreOfTheirTiers = Policy{
	ID: "NET-33", Title: "The endpoint of S3 is routed to from the app and llm tiers and that of DynamoDB from app, and from no other tier",
	Source:    risk("Data Leakage from S3 or RDS", "S3 Block Public Access, encryption, VPC-only access, audit logs."),
	Component: Network, STRIDE: "TI", Severity: High,
	Fix:   "give endpoint.New's table the tiers; the library would give a gateway endpoint every route table",
	Reads: []string{vpcType, subnetType, tableType, tableOfSubnetType, endpointType},
	Check: func(e *template.Estate, f *Findings) {
		type place struct {
			vpc  *template.Resource
			tier string
		}
		tables, of := joined(e, nil, tableOfSubnetType, "RouteTableId", tableType), map[place][]*template.Resource{}
		for s := range e.All(subnetType) {
			at := place{vpcOf(e, s), tierOf(s)}
			of[at] = append(of[at], tables[s]...)
		}
		for p := range e.All(endpointType) {
			f.Saw(p)
			routed, vpc := found(e, f, p, "RouteTableIds", tableType), vpcOf(e, p)
			for _, tier := range endpointMeant(p).routed {
				for _, t := range of[place{vpc, tier}] {
					if !routed[t] {
						f.Fail(p, "is not routed to from %s, of tier %s", t, tier)
					}
					delete(routed, t)
				}
			}
			for t := range routed {
				f.Fail(p, "is routed to from %s, which is no table of a tier that needs it", t)
			}
		}
	},
}

// found are the resources of a type that a list of an endpoint's names. What it names else, or twice, is reported.
func found(e *template.Estate, f *Findings, p *template.Resource, property, typ string) map[*template.Resource]bool {
	all := map[*template.Resource]bool{}
	f.Refuse(p, property, p.Get(property))
	for _, v := range p.Get(property).List() {
		r := e.Find(v, typ)
		if r == nil || all[r] {
			f.Fail(p, "%s has %s, which is none of the estate's or there twice", property, v)
			continue
		}
		all[r] = true
	}
	return all
}

var interfaceEndpointsAreInApp = Policy{
	ID: "NET-34", Title: "Every interface endpoint lies in exactly the app subnets of its VPC, and the service's own names mean it, but for API Gateway's",
	Source: Source{cloudModel, "Sprinklr SaaS Internal Segmentation",
		"Isolation between microservices, databases, storage, and LLM context services within the VPC."},
	Component: Network, STRIDE: "SID", Severity: High,
	Fix:   "let endpoint.New put it there: without its private names a service is called by public addresses, to which there is no way",
	Reads: []string{vpcType, subnetType, endpointType},
	Check: func(e *template.Estate, f *Findings) {
		for p := range e.All(endpointType) {
			f.Saw(p)
			meant := endpointMeant(p)
			in := found(e, f, p, "SubnetIds", subnetType)
			if meant.group == "" {
				continue // a gateway has no address; what it must not say is refused with its kind
			}
			for s := range e.All(subnetType) {
				if vpcOf(e, s) == nil || vpcOf(e, s) != vpcOf(e, p) || tierOf(s) != "app" {
					continue
				}
				if !in[s] {
					f.Fail(p, "is not in %s", s)
				}
				delete(in, s)
			}
			for s := range in {
				f.Fail(p, "is in %s, which is no app subnet of its VPC", s)
			}
			if names := p.Get("PrivateDnsEnabled"); meant.private && !names.True() || !meant.private && !names.False() {
				f.Fail(p, "whether the service's own names mean it is %s, not %t", cmpOr(names.String(), "unsaid"), meant.private)
			}
		}
	},
}

var endpointsAdmitWhatIsOurs = Policy{
	ID: "NET-35", Title: "Every endpoint admits named actions of this account's callers on this account's resources, and the named exceptions of AWS's own, and nothing else",
	Source:    risk("Data Leakage from S3 or RDS", "S3 Block Public Access, encryption, VPC-only access, audit logs."),
	Component: Network, STRIDE: "TIE", Severity: High,
	Fix:   "keep the policy that constructs/endpoint writes: who is admitted to another account's bucket carries data there",
	Reads: []string{endpointType},
	Check: func(e *template.Estate, f *Findings) {
		for p := range e.All(endpointType) {
			f.Saw(p)
			checkAdmissions(f, p)
		}
	},
}

func checkAdmissions(f *Findings, p *template.Resource) {
	document := p.Get("PolicyDocument")
	if document.Missing() {
		f.Fail(p, "has no policy, so that anybody may do anything to anybody's resources through it")
		return
	}
	if more := beyond(document, "Version", "Statement"); len(more) > 0 {
		f.Fail(p, "its policy says %v, which no policy of an endpoint says", more)
	}
	lacks := map[string]bool{}
	for _, a := range admissionsOf(p) {
		lacks[a.what] = true
	}
	for _, s := range p.Statements() {
		if a := admissionIn(s); a != nil && s.Path == "PolicyDocument" {
			delete(lacks, a.what)
		} else {
			f.Fail(p, "%s: is nothing that the endpoint admits: %s %v on %v", place(s), s.Effect, s.Actions, s.Resources)
		}
	}
	for what := range lacks {
		f.Fail(p, "does not admit %s", what)
	}
}

func admissionsOf(p *template.Resource) []admission {
	if meant := endpointMeant(p); meant.admits != nil {
		return meant.admits(p.Stack)
	}
	return nil
}

// admissionIn is what an endpoint's statement is meant to admit, compared whole; nil if it is anything else.
func admissionIn(s template.Statement) *admission {
	if !s.Kind.Has(template.Endpoint) || s.Effect != "Allow" || !readable(s) || !everybody(s) {
		return nil
	}
	for _, a := range admissionsOf(s.Resource) {
		if same(s.Actions, a.actions) && same(s.Resources, a.resources) && under(s, a.under...) {
			return &a
		}
	}
	return nil
}

// everybody says that a statement names all callers: the one principal that a gateway endpoint takes.
func everybody(s template.Statement) bool {
	return len(s.Principals) == 1 && (same(s.Principals["*"], []string{"*"}) || same(s.Principals["AWS"], []string{"*"}))
}

var everyEndpointHasItsGroup = Policy{
	ID: "NET-36", Title: "Every interface endpoint has exactly one security group, which is its own and of its VPC",
	Source:    risk("Lateral Movement within VPC", "Micro-segmentation, security groups, NACLs, service-to-service auth."),
	Component: Network, STRIDE: "TIE", Severity: High,
	Fix:   "give endpoint.New the groups of segment.New: one without a group takes the VPC's default group",
	Reads: []string{vpcType, groupType, endpointType},
	Check: func(e *template.Estate, f *Findings) {
		for p := range e.All(endpointType) {
			f.Saw(p)
			groups := found(e, f, p, "SecurityGroupIds", groupType)
			meant := endpointMeant(p).group
			if meant != "" && len(groups) != 1 {
				f.Fail(p, "has %d security groups, not one", len(groups))
			}
			for g := range groups {
				if meant == "" || vpcOf(e, g) == nil || vpcOf(e, g) != vpcOf(e, p) || partyOf(g) != meant {
					f.Fail(p, "has the group of %q, not its own %q", partyOf(g), meant)
				}
			}
		}
	},
}
