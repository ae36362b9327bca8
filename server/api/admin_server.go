package api

import "net/http"

// StorageUse counts what the installation holds.
type StorageUse struct {
	Accounts  int   `json:"accounts"`
	Guests    int   `json:"guests" doc:"Guests and people of applications"`
	Documents int   `json:"documents"`
	Trashed   int   `json:"trashed" doc:"Of these"`
	Ops       int64 `json:"ops"`
	Bytes     int64 `json:"bytes" doc:"Of all logs"`
}

// SettingText is a value that can be changed while the server runs.
type SettingText struct {
	Value string `json:"value"`
	From  string `json:"from" enum:"default,environment,page" doc:"Who set it. What the environment sets can't be changed here"`
}

// SettingBytes is a number of bytes that can be changed while the server runs.
type SettingBytes struct {
	Value int64  `json:"value" doc:"0: no bound"`
	From  string `json:"from" enum:"default,environment,page" doc:"Who set it. What the environment sets can't be changed here"`
}

// RunningSettings are the settings that can be changed while the server runs.
type RunningSettings struct {
	Signup    SettingText  `json:"signup"`
	QuotaUser SettingBytes `json:"quota_user"`
}

type changeSettingsIn struct {
	Body struct {
		Signup    *string `json:"signup,omitempty" enum:"open,invite,closed"`
		QuotaUser *int64  `json:"quota_user,omitempty" minimum:"0" doc:"Bytes of log over all documents of an owner; 0: no bound"`
	}
}

type auditIn struct {
	Document string `query:"document" maxLength:"64"`
	Person   string `query:"person" maxLength:"64" doc:"As who did it, or whom it was about"`
	Action   string `query:"action" maxLength:"64" doc:"This one or, with a dot at the end, all that begin so"`
	Before   int64  `query:"before" minimum:"0"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *API) registerAdminServer() {
	add(a, route{id: "admin-storage", method: http.MethodGet, path: "/admin/storage", tag: "Administration", admin: true,
		summary: "What the installation holds"}, soon[struct{}, bodyOf[StorageUse]])
	add(a, route{id: "admin-get-settings", method: http.MethodGet, path: "/admin/settings", tag: "Administration", admin: true,
		summary: "Settings that can be changed while the server runs"}, soon[struct{}, bodyOf[RunningSettings]])
	add(a, route{id: "admin-change-settings", method: http.MethodPatch, path: "/admin/settings", tag: "Administration", admin: true,
		summary: "Change them", about: "409 for one that the environment sets."}, soon[changeSettingsIn, bodyOf[RunningSettings]])
	add(a, route{id: "admin-audit", method: http.MethodGet, path: "/admin/audit", tag: "Administration", admin: true,
		summary: "Who changed what, when and from where"}, soon[auditIn, bodyOf[AuditPage]])
}
