package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// validationReport is what CDK's own validator writes beside the templates, where it is switched on.
type validationReport struct {
	PluginReports []struct {
		PluginName string `json:"pluginName"`
		Conclusion string `json:"conclusion"`
		Violations []struct {
			RuleName            string `json:"ruleName"`
			Description         string `json:"description"`
			Severity            string `json:"severity"`
			ViolatingConstructs []struct {
				ConstructPath string `json:"constructPath"`
			} `json:"violatingConstructs"`
		} `json:"violations"`
	} `json:"pluginReports"`
}

// validated is nil when CDK's validator found no error in an assembly, or did not run (CDK_VALIDATION=false).
// Its warnings stay in the report.
func validated(dir string) error {
	path := filepath.Join(dir, "validation-report.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var report validationReport
	if err := json.Unmarshal(text, &report); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var faults []error
	for _, plugin := range report.PluginReports {
		if plugin.Conclusion == "success" {
			continue
		}
		for _, v := range plugin.Violations {
			if v.Severity == "warning" || v.Severity == "info" {
				continue
			}
			for _, c := range v.ViolatingConstructs {
				faults = append(faults, fmt.Errorf("%s: %s %s (%s)", c.ConstructPath, v.RuleName, v.Description, plugin.PluginName))
			}
		}
		if len(faults) == 0 {
			faults = append(faults, fmt.Errorf("%s: %s", plugin.PluginName, plugin.Conclusion))
		}
	}
	return errors.Join(faults...)
}
