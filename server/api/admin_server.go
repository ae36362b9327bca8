package api

import (
	"context"
	"net/http"

	"quire/server/audit"
	"quire/storage"
)

// StorageUse counts what the installation stores.
type StorageUse struct {
	Accounts  int   `json:"accounts"`
	Guests    int   `json:"guests" doc:"Guests and people of applications"`
	Documents int   `json:"documents"`
	Trashed   int   `json:"trashed" doc:"Of these"`
	Ops       int64 `json:"ops"`
	Bytes     int64 `json:"bytes" doc:"Of all logs"`

	Database int64          `json:"database" doc:"Bytes that the database takes, with all that is in it"`
	Disk     Nullable[Disk] `json:"disk" doc:"The disk that holds the database's file; null where the database is elsewhere"`
}

// Disk is the size of a disk and its free space, in bytes.
type Disk struct {
	Total int64 `json:"total"`
	Free  int64 `json:"free"`
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

// SettingSwitch is a choice that can be changed while the server runs.
type SettingSwitch struct {
	Value bool   `json:"value"`
	From  string `json:"from" enum:"default,environment,page" doc:"Who set it. What the environment sets can't be changed here"`
}

// SettingMail is how mail is sent. It can be changed only in the configuration, not while the server runs.
type SettingMail struct {
	On   bool   `json:"on" doc:"A mail server is named"`
	From string `json:"from" doc:"The sender of the letters; empty if there are none"`
}

// RunningSettings are the settings that can be changed while the server runs, and some that are only shown.
type RunningSettings struct {
	Mail    SettingMail `json:"mail" doc:"Only shown"`
	Version string      `json:"version" doc:"Of the server. Only shown"`

	Signup     SettingText   `json:"signup"`
	QuotaUser  SettingBytes  `json:"quota_user"`
	PeopleList SettingSwitch `json:"people_list" doc:"Owners and group managers choose people among the accounts here by name"`
}

type changeSettingsIn struct {
	Body struct {
		Signup    *string `json:"signup,omitempty" enum:"open,invite,closed"`
		QuotaUser *int64  `json:"quota_user,omitempty" minimum:"0" doc:"Bytes of log over all documents of an owner; 0: no bound"`

		PeopleList *bool `json:"people_list,omitempty"`
	}
}

type auditIn struct {
	Document string `query:"document" maxLength:"64"`
	Person   string `query:"person" maxLength:"64" doc:"As who did it, or whom it was about"`
	Action   string `query:"action" maxLength:"64" doc:"This one or, with a dot at the end, all that begin so"`
	Before   int64  `query:"before" minimum:"0"`
	Cursor   string `query:"cursor" maxLength:"20" doc:"next_cursor of the page before, instead of before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *API) registerAdminServer() {
	add(a, route{id: "admin-storage", method: http.MethodGet, path: "/admin/storage", tag: "Administration", admin: true,
		summary: "What the installation holds"}, a.adminStorage)
	add(a, route{id: "admin-get-settings", method: http.MethodGet, path: "/admin/settings", tag: "Administration", admin: true,
		summary: "Settings that can be changed while the server runs"}, a.adminSettings)
	add(a, route{id: "admin-change-settings", method: http.MethodPatch, path: "/admin/settings", tag: "Administration", admin: true,
		summary: "Change them", about: "409 for one that the environment sets."}, a.adminChangeSettings)
	add(a, route{id: "admin-audit", method: http.MethodGet, path: "/admin/audit", tag: "Administration", admin: true,
		summary: "Who changed what, when and from where"}, a.adminAudit)
}

func (a *API) adminStorage(ctx context.Context, _ *request, _ *struct{}) (*bodyOf[StorageUse], error) {
	t, err := a.store.Totals(ctx)
	if err != nil {
		return nil, err
	}
	use := StorageUse{
		Accounts: t.Accounts, Guests: t.Guests, Documents: t.Documents, Trashed: t.Trashed, Ops: t.Ops, Bytes: t.Bytes,
	}
	if use.Database, err = a.store.Size(ctx); err != nil {
		return nil, err
	}
	if folder := a.cfg.DataFolder; folder != "" {
		if total, free, known := diskOf(folder); known {
			use.Disk = some(Disk{Total: total, Free: free})
		}
	}
	return &bodyOf[StorageUse]{use}, nil
}

func (a *API) adminSettings(context.Context, *request, *struct{}) (*bodyOf[RunningSettings], error) {
	v := a.cfg.Settings.Values()
	return &bodyOf[RunningSettings]{RunningSettings{
		Mail: SettingMail{On: a.auth.Mails(), From: a.auth.MailFrom()}, Version: a.cfg.Build,
		Signup:     SettingText{Value: v.Signup, From: string(v.SignupFrom)},
		QuotaUser:  SettingBytes{Value: v.QuotaUser, From: string(v.QuotaFrom)},
		PeopleList: SettingSwitch{Value: v.People, From: string(v.PeopleFrom)},
	}}, nil
}

func (a *API) adminChangeSettings(ctx context.Context, req *request, in *changeSettingsIn) (*bodyOf[RunningSettings], error) {
	if mode := in.Body.Signup; mode != nil {
		err := a.settingChanged(ctx, req, "signup", *mode, func() error { return a.cfg.Settings.SetSignup(ctx, *mode) })
		if err != nil {
			return nil, err
		}
	}
	if bytes := in.Body.QuotaUser; bytes != nil {
		err := a.settingChanged(ctx, req, "quota_user", *bytes, func() error { return a.cfg.Settings.SetQuotaUser(ctx, *bytes) })
		if err != nil {
			return nil, err
		}
	}
	if on := in.Body.PeopleList; on != nil {
		err := a.settingChanged(ctx, req, "people_list", *on, func() error { return a.cfg.Settings.SetPeople(ctx, *on) })
		if err != nil {
			return nil, err
		}
	}
	return a.adminSettings(ctx, req, nil)
}

func (a *API) settingChanged(ctx context.Context, req *request, name string, value any, change func() error) error {
	return a.audited(ctx, req, storage.AuditEntry{
		Action: "settings.change", Subject: name, Detail: audit.Detail("value", value),
	}, change)
}

func (a *API) adminAudit(ctx context.Context, req *request, in *auditIn) (*bodyOf[AuditPage], error) {
	before, err := fromCursor(in.Cursor, in.Before)
	if err != nil {
		return nil, err
	}
	return a.auditPage(ctx, req, storage.AuditQuery{
		Document: storage.DocumentID(in.Document), Person: storage.UserID(in.Person), Action: in.Action, Before: before, Limit: in.Limit,
	})
}
