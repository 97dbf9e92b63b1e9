package template

import "slices"

// Resource is one resource of a stack. There is one per estate: within an estate, equal pointers mean the same resource.
type Resource struct {
	Stack *Stack
	ID    string // the logical id
	Type  string // for example AWS::S3::Bucket
	Path  string // the construct path, or stack/ID

	node *node
	slot int
}

// String returns stack/ID, as tokens have it.
func (r *Resource) String() string { return r.Stack.Name + "/" + r.ID }

// Get returns a resolved property by its path, list elements by their number: r.Get("BucketEncryption",
// "ServerSideEncryptionConfiguration", "0"), or in one string with dots.
func (r *Resource) Get(path ...string) Value { return r.Properties().Get(path...) }

// Properties returns all properties, resolved.
func (r *Resource) Properties() Value {
	if r.node.doubt != "" {
		return Value{x: &Unresolved{Why: r.node.doubt}, in: r.Stack}
	}
	return Value{x: r.settled(), in: r.Stack}
}

// settled returns every property, resolved once.
func (r *Resource) settled() map[string]any {
	if !r.node.done.Load() {
		e := r.Stack.estate
		e.mu.Lock()
		defer e.mu.Unlock()
		e.resolve.all(r)
	}
	return r.node.resolved
}

// HasUnknown reports whether a property cannot be resolved; it looks once.
func (r *Resource) HasUnknown() bool {
	open := r.node.open.Load()
	if open == nil {
		found := r.Properties().HasUnknown()
		open = &found
		r.node.open.Store(open)
	}
	return *open
}

// Attribute returns what Ref (name "") or Fn::GetAtt gives for the resource: literal text where it follows from the
// properties, and otherwise a token, ${stack/ID.Ref} or ${stack/ID.Attribute}. It is "" when it cannot be resolved.
func (r *Resource) Attribute(name string) string {
	if name == "" {
		name = refAttribute
	}
	e := r.Stack.estate
	e.mu.Lock()
	defer e.mu.Unlock()
	return Of(e.resolve.attribute(r, name)).Text()
}

// Value returns x as if it stood in the resource's properties: a physical name in it is one of the resource's account
// and region.
func (r *Resource) Value(x any) Value { return Value{x: clean(x), in: r.Stack} }

// DeletionPolicy returns what happens to the resource when it leaves the template; "" means CloudFormation's default
// for the type.
func (r *Resource) DeletionPolicy() string { return r.text("DeletionPolicy") }

// UpdateReplacePolicy returns what happens to the old resource when an update replaces it.
func (r *Resource) UpdateReplacePolicy() string { return r.text("UpdateReplacePolicy") }

// Condition names the condition that the resource is created under, "" if none.
func (r *Resource) Condition() string { return r.text("Condition") }

// DependsOn returns the logical ids that the resource says it depends on, sorted.
func (r *Resource) DependsOn() []string {
	var ids []string
	for _, v := range Of(r.node.raw["DependsOn"]).List() {
		ids = append(ids, v.Text())
	}
	slices.Sort(ids)
	return ids
}

// Metadata returns the resource's metadata, as written.
func (r *Resource) Metadata() Value { return Value{x: r.node.raw["Metadata"], in: r.Stack} }

// Raw returns the body as it stands in the template (Type, Properties, …). It must not be changed: see Clone.
func (r *Resource) Raw() map[string]any { return r.node.raw }

// Clone returns a deep copy of Raw, to be changed and given to [Estate.With].
func (r *Resource) Clone() map[string]any {
	c, _ := clean(r.node.raw).(map[string]any)
	return c
}

// text returns an attribute of the body other than Properties, resolved.
func (r *Resource) text(key string) string {
	x := r.node.raw[key]
	if t, plain := x.(string); plain || x == nil {
		return t
	}
	e := r.Stack.estate
	e.mu.Lock()
	defer e.mu.Unlock()
	return Of(e.resolve.eval(r.Stack, x)).Text()
}
